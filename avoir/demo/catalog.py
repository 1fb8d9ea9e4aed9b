"""What the demonstration company sells, to whom, at what tax. Every name is made up."""

from decimal import Decimal
from typing import NamedTuple

NAME, BASE = "Northlight Studio", "USD"

STATE, CITY, LEVY, VAT = 1, 2, 3, 4
TAX_RATES = (
    ("State sales tax", "STATE", Decimal("6.25"), False),
    ("City sales tax", "CITY", Decimal("2.375"), False),
    ("Recycling levy", "LEVY", Decimal("1.5"), True),  # On the price and the other taxes.
    ("Value added tax", "VAT20", Decimal(20), False),
)
"""Name, code, percent, compound; their ids are their places."""

DISPUTE_REASONS = ("Billed in error", "Service not received", "Quality not as agreed", "Charged twice")


GATEWAY, CLEARING = "sandbox", 1000
"""What some refunds go out by, and the account that it pays out of."""

VIEWS = (
    ("Overdue, the largest first", "invoices", "view=overdue&sort=-open"),
    ("Not applied, the oldest first", "payments", "view=unapplied&sort=day"),
)
"""Ways of looking at a list that somebody has kept: name, list, what it is asked for."""


class Ware(NamedTuple):
    """Something sold: its price in dollars, and whether it is hardware, on which there is a levy."""

    name: str
    price: Decimal
    hardware: bool = False


WARES = (
    Ware("Design retainer, monthly", Decimal("1200.00")),
    Ware("Design work, by the hour", Decimal("95.00")),
    Ware("Brand audit", Decimal("2450.00")),
    Ware("Web hosting, monthly", Decimal("39.90")),
    Ware("Photo session, half a day", Decimal("640.00")),
    Ware("Print-ready proofs", Decimal("35.50")),
    Ware("Display frame", Decimal("189.99"), hardware=True),
    Ware("Calibrated monitor", Decimal("849.00"), hardware=True),
    Ware("Memory card", Decimal("24.95"), hardware=True),
)
FIRST_ITEM = 1000
RETAINER, PROOFS = 0, 5

WORTH = {"USD": Decimal(1), "EUR": Decimal("1.08"), "JPY": Decimal("0.0067")}
"""What a currency is worth in dollars, about."""

EURO_CUSTOMERS = (
    "Atelier Lumière", "Bäckerei Morgenrot", "Nordwind Verlag", "Café Azulejo", "Studio Papavero",
)  # fmt: skip
YEN_CUSTOMERS = ("Kumo Seisakusho",)
DOLLAR_CUSTOMERS = (
    "Harbor & Finch", "Juniper Outfitters", "Bright Anchor Media", "Copperfield Legal", "Maple Row Dental",
    "Tidewater Brewing", "Sparrow & Sons", "Granite Peak Guides", "Lantern Books", "Old Mill Bakery",
    "Prairie Wind Farms", "Quill & Ink Press", "Redwood Realty", "Silver Lake Yoga", "Three Rivers Clinic",
    "Umber Ceramics", "Violet Street Cafe", "Willow Creek School", "Yellow House Toys", "Zephyr Cycles",
    "Aspen Optics", "Blue Door Gallery", "Cedar Valley Vets", "Dovetail Joinery", "Elm Street Theatre",
    "Foxglove Florists", "Golden Hour Films", "Hilltop Observatory", "Ironwood Fitness", "Jasper Stoneworks",
    "Kestrel Aviation", "Loom & Thread", "Moonlit Records", "Northgate Motors",
)  # fmt: skip
CUSTOMERS = (
    *((name, "USD") for name in DOLLAR_CUSTOMERS),
    *((name, "EUR") for name in EURO_CUSTOMERS),
    *((name, "JPY") for name in YEN_CUSTOMERS),
)
"""Name and currency; their ids are their places."""

HARBOR = 1
ATELIER = len(DOLLAR_CUSTOMERS) + 1
