"""Which invoices of a customer are open."""

from avoir.app.reads.amounts import is_due
from avoir.app.reads.query import Query


def open_invoices(query: Query, customer_id: int, currency: str, most: int = 100) -> list[int]:
    """The ids of what the customer owes in a currency, oldest due first: whom a payment serves."""
    sql = f"""
        SELECT i.id FROM invoices AS i
        WHERE i.organization_id = :o AND i.customer_id = :customer AND i.currency = :currency
            AND i.state = 'issued'
            AND {is_due("i")}
        ORDER BY i.due_on, i.id LIMIT :most"""
    return [id for (id,) in query.all(sql, customer=customer_id, currency=currency, most=most)]
