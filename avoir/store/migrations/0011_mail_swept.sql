-- What the sweeper looks for, in every organization: mail that is out of our hands and still has its text.
CREATE INDEX mails_spoken ON mails (organization_id, due_at)
    WHERE state <> 'waiting' AND text <> '';
