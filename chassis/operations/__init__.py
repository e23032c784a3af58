"""Long work (operations): accepted with the request, done item by item, stopped, undone, and told as it goes on."""

from chassis.operations.kinds import Applied, Ended, Kind, KindOfMany, OperationKinds, Order, OrderItem
from chassis.operations.worker import Operations

__all__ = ["Applied", "Ended", "Kind", "KindOfMany", "OperationKinds", "Operations", "Order", "OrderItem"]
