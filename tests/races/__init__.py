"""Two at the same instant (`make races`): many thousands of pairs on the rules that ask for two persons."""
