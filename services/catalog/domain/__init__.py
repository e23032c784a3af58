"""Pure decisions: classification, order, numbers, filing, kin. No I/O, no framework, no clock."""
