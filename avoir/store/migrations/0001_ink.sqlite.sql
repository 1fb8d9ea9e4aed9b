-- The journal is ink: lines are written first, the entry re-adds them and seals them, and both stay.

CREATE TRIGGER entry_balances BEFORE INSERT ON journal_entries
WHEN (SELECT count(*) < 2 OR sum(debit_minor) <> sum(credit_minor) OR sum(base_debit_minor) <> sum(base_credit_minor)
          OR count(DISTINCT currency) <> 1
      FROM journal_lines WHERE organization_id = NEW.organization_id AND entry_id = NEW.id)
BEGIN SELECT raise(ABORT, 'entry does not balance'); END;

CREATE TRIGGER sealed_entry_takes_no_line BEFORE INSERT ON journal_lines
WHEN EXISTS (SELECT 1 FROM journal_entries WHERE organization_id = NEW.organization_id AND id = NEW.entry_id)
BEGIN SELECT raise(ABORT, 'entry is sealed'); END;

CREATE TRIGGER journal_lines_stay BEFORE UPDATE ON journal_lines
BEGIN SELECT raise(ABORT, 'the journal is ink'); END;

CREATE TRIGGER journal_lines_remain BEFORE DELETE ON journal_lines
BEGIN SELECT raise(ABORT, 'the journal is ink'); END;

CREATE TRIGGER journal_entries_stay BEFORE UPDATE ON journal_entries
BEGIN SELECT raise(ABORT, 'the journal is ink'); END;

CREATE TRIGGER journal_entries_remain BEFORE DELETE ON journal_entries
BEGIN SELECT raise(ABORT, 'the journal is ink'); END;

CREATE TRIGGER events_stay BEFORE UPDATE ON events
BEGIN SELECT raise(ABORT, 'events are ink'); END;

CREATE TRIGGER events_remain BEFORE DELETE ON events
BEGIN SELECT raise(ABORT, 'events are ink'); END;
