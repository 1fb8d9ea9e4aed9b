"""The reports' routes."""

from avoir.faces.rest.endpoint import Handler, Way
from avoir.faces.rest.fields import Body
from avoir.faces.rest.reports import (
    aging,
    cashflow,
    customers,
    journal,
    ledger,
    refunds,
    sales,
    statement,
    trial,
)
from avoir.faces.rest.reports.shape import OFFERS

REPORTS: dict[str, tuple[Handler, Body]] = {
    "balance-sheet": (statement.balance_sheet, statement.BALANCE),
    "profit-loss-sheet": (statement.profit_and_loss, statement.PROFIT),
    "general-ledger": (ledger.general_ledger, ledger.LEDGER),
    "journal": (journal.journal_sheet, journal.SHEET),
    "trial-balance-sheet": (trial.trial_balance_sheet, trial.TRIAL_BALANCE),
    "cashflow-statement": (cashflow.cash_flow, cashflow.CASH_FLOWS),
    "receivable-aging-summary": (aging.aging_summary, aging.AGING),
    "customer-balance-summary": (customers.balance_summary, customers.BALANCES),
    "transactions-by-customers": (customers.transactions, customers.TRANSACTIONS),
    "sales-tax-liability-summary": (sales.tax_liability, sales.TAXES),
    "sales-by-items": (sales.by_items, sales.ITEMS),
}

REPORT_WAYS = (
    Way("GET", "/refunds/analytics", refunds.refund_analytics, query=refunds.ANALYTICS, offers=OFFERS),
    Way("GET", "/reports/transactions-by-reference", journal.by_reference, query=journal.BY_REFERENCE),
    *(
        Way("GET", f"/reports/{name}", handle, query=query, offers=OFFERS)
        for name, (handle, query) in REPORTS.items()
    ),
)
