"""What was sold and taxed in a period: by item, and by tax rate. In the base currency."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from avoir.app.reads.query import Query
from avoir.core.customer import Item
from avoir.core.exchange import worth
from avoir.core.tax import TaxRate


class Sold(NamedTuple):
    """An item, how much of it was sold less what came back (in millionths), and for how much."""

    item: Item
    quantity_micro: int
    minor: int


class Taxed(NamedTuple):
    """A tax rate: what was sold under it, net of what was credited, and the tax that this moved."""

    rate: TaxRate
    taxable_minor: int
    charged_minor: int
    back_minor: int

    @property
    def minor(self) -> int:
        return self.charged_minor - self.back_minor


def sales_by_item(
    query: Query, entity_id: int, base: str, since: str, until: str, item_ids: Sequence[int] = ()
) -> list[Sold]:
    """Every item of the catalogue, or some, with what invoices sold and credit notes took back; by name.

    Amounts are net of discounts and tax; foreign ones at the documents' rates.
    """
    quantities: dict[int, int] = defaultdict(int)
    amounts: dict[int, int] = defaultdict(int)
    for sign, document in ((1, "invoice"), (-1, "credit_note")):
        rows = query.all(
            f"""SELECT l.item_id, d.currency, d.rate_nano, CAST(SUM(l.quantity_micro) AS BIGINT),
                    CAST(SUM(l.net_minor) AS BIGINT)
                FROM {document}s AS d JOIN {document}_lines AS l
                    ON l.organization_id = d.organization_id AND l.{document}_id = d.id
                WHERE d.organization_id = :o AND d.entity_id = :entity AND d.state = 'issued'
                    AND d.kind <> 'write_off' AND d.issued_on BETWEEN :since AND :until
                    AND l.item_id IS NOT NULL
                GROUP BY l.item_id, d.currency, d.rate_nano""",
            entity=entity_id, since=since, until=until,
        )  # fmt: skip
        for id, currency, rate, quantity, minor in rows:
            quantities[id] += sign * quantity
            amounts[id] += sign * worth(minor, currency, rate, base)
    items = query.by_ids(Item, item_ids) if item_ids else query.rows(Item)
    items.sort(key=lambda item: (item.name, item.id))
    return [Sold(item, quantities[item.id], amounts[item.id]) for item in items]


def taxes(query: Query, entity_id: int, base: str, since: str, until: str) -> list[Taxed]:
    """Every tax rate with what was sold under it, and with its tax charged and given back; by id."""
    sides = taxes_moved(query, entity_id, since, until)
    taxable = _taxable(query, entity_id, base, since, until)
    rates = query.rows(TaxRate, "", "ORDER BY t.id")
    return [Taxed(rate, taxable.get(rate.id, 0), *sides.get(rate.id, (0, 0))) for rate in rates]


def taxes_moved(query: Query, entity_id: int | None, since: str, until: str) -> dict[int, tuple[int, int]]:
    """What was charged and given back by tax rate: what moved the tax payable, of one entity or of all."""
    of_entity = "" if entity_id is None else "AND t.entity_id = :entity"
    rows = query.all(
        f"""SELECT t.tax_rate_id, CAST(SUM(t.base_credit_minor) AS BIGINT),
                CAST(SUM(t.base_debit_minor) AS BIGINT)
            FROM journal_lines AS t WHERE t.organization_id = :o {of_entity}
                AND t.account_id IN (SELECT a.id FROM accounts AS a
                    WHERE a.organization_id = :o AND a.role = 'tax_payable')
                AND t.tax_rate_id IS NOT NULL AND t.booked_on BETWEEN :since AND :until
            GROUP BY t.tax_rate_id""",
        since=since, until=until, **({} if entity_id is None else {"entity": entity_id}),
    )  # fmt: skip
    return {id: (charged, back) for id, charged, back in rows}


def _taxable(query: Query, entity_id: int, base: str, since: str, until: str) -> dict[int, int]:
    """What was sold under each rate. A write-off counts where its tax is reclaimed."""
    found: dict[int, int] = defaultdict(int)
    for sign, document in ((1, "invoice"), (-1, "credit_note")):
        rows = query.all(
            f"""SELECT x.tax_rate_id, d.currency, d.rate_nano, CAST(SUM(l.net_minor) AS BIGINT)
                FROM {document}s AS d JOIN {document}_lines AS l
                    ON l.organization_id = d.organization_id AND l.{document}_id = d.id
                JOIN {document}_taxes AS x ON x.organization_id = d.organization_id
                    AND x.{document}_id = d.id AND x.position = l.position
                JOIN organizations AS o ON o.organization_id = d.organization_id
                WHERE d.organization_id = :o AND d.entity_id = :entity AND d.state = 'issued'
                    AND d.issued_on BETWEEN :since AND :until
                    AND (d.kind <> 'write_off' OR o.write_off_tax = 1)
                GROUP BY x.tax_rate_id, d.currency, d.rate_nano""",
            entity=entity_id, since=since, until=until,
        )  # fmt: skip
        for id, currency, rate, minor in rows:
            found[id] += sign * worth(minor, currency, rate, base)
    return found
