"""Long work (operations): accepted with the request, done item by item, stopped, undone, and told as it goes on."""

from chassis.operations.kinds import Applied, Kind, OperationKinds, Order, OrderItem
from chassis.operations.worker import Operations

__all__ = ["Applied", "Kind", "OperationKinds", "Operations", "Order", "OrderItem"]
