"""The café's web shop: the checkout of the lessons, whole, on any bus.

shop = open_shop(bus, style="orchestration")
shop.place("A-1", Order("Ada", "Portugal", (Line("oat beans", 2),), cents=2400))
shop.run()
shop.books()     # does it balance?
"""

from sandbox.shop.beats import shop_beats
from sandbox.shop.books import Books
from sandbox.shop.messages import Line, Order
from sandbox.shop.shop import Shop, open_shop

__all__ = ["Books", "Line", "Order", "Shop", "open_shop", "shop_beats"]
