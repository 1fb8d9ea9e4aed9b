-- The usual way: one refund, one function, one transaction. It does what the clerk does, with two advantages:
-- its ids are of sequences, for which nobody waits though they may have gaps; and `balances` may be left out.

CREATE SEQUENCE usual_ids;

CREATE FUNCTION usual_refund(o BIGINT, note_id BIGINT, bank BIGINT, amount BIGINT, day TEXT, key TEXT, with_balances BOOLEAN)
RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
    n BIGINT := 1000000 + nextval('usual_ids');
    at TEXT := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
    note credit_notes;
    paid refunds;
BEGIN
    IF EXISTS (SELECT 1 FROM answers WHERE organization_id = o AND idempotency_key = key) THEN
        RAISE EXCEPTION 'answered before';
    END IF;
    IF EXISTS (SELECT 1 FROM locks WHERE organization_id = o AND lock_to >= day) THEN
        RAISE EXCEPTION 'locked';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM accounts WHERE organization_id = o AND id = bank AND active = 1) THEN
        RAISE EXCEPTION 'no such account';
    END IF;
    SELECT * INTO note FROM credit_notes WHERE organization_id = o AND id = note_id FOR UPDATE;
    IF note.state <> 'issued'
        OR amount > note.total_minor - note.allocated_minor - note.refunded_minor - note.reserved_minor
    THEN RAISE EXCEPTION 'refused'; END IF;
    UPDATE credit_notes SET refunded_minor = refunded_minor + amount, base_used_minor = base_used_minor + amount,
        updated_at = at WHERE organization_id = o AND id = note_id;
    INSERT INTO refunds (organization_id, id, uuid, entity_id, customer_id, credit_note_id, number, sequence,
        rail, state, account_id, currency, rate_nano, amount_minor, base_amount_minor, base_relieved_minor,
        refunded_on, month, reference, description, requested_by, created_at, updated_at, digest, expires_at,
        approved_by, failure, gateway_reference, entry_id, settled_entry_id)
    VALUES (o, n, gen_random_uuid()::text, 1, note.customer_id, note_id, 'RF-' || n, n, 'bank', 'settled', bank,
        note.currency, note.rate_nano, amount, amount, amount, day, left(day, 7), '', 'Returned', 'user:1 key:1',
        at, at, '', '', '', '', '', n, n)
    RETURNING * INTO paid;
    INSERT INTO journal_lines VALUES
        (o, n, 1, 1, 1006, note.customer_id, NULL, NULL, note.currency, day, amount, 0, amount, 0),
        (o, n, 2, 1, bank, NULL, NULL, NULL, note.currency, day, 0, amount, 0, amount);
    INSERT INTO journal_entries VALUES (o, n, 1, 'refund_by_bank', 'refund', n, day, NULL, 'user:1 key:1', at);
    INSERT INTO events VALUES (o, n, 'refund.settled', 'refund', n, 'user:1 key:1',
        json_build_object('before', NULL, 'after', row_to_json(paid))::text, at);
    INSERT INTO answers VALUES (o, key, md5(key), '@' || n, at);
    IF with_balances THEN
        INSERT INTO balances VALUES
            (o, 1, bank, note.currency, 0, day, 0, amount, 0, amount),
            (o, 1, 1006, note.currency, 0, day, amount, 0, amount, 0)
        ON CONFLICT (organization_id, entity_id, account_id, currency, branch_id, booked_on) DO UPDATE SET
            debit_minor = balances.debit_minor + excluded.debit_minor,
            credit_minor = balances.credit_minor + excluded.credit_minor,
            base_debit_minor = balances.base_debit_minor + excluded.base_debit_minor,
            base_credit_minor = balances.base_credit_minor + excluded.base_credit_minor;
    END IF;
    RETURN n;
END $$;
