-- What is sealed stays sealed.

CREATE TRIGGER seals_stay BEFORE UPDATE ON seals
BEGIN SELECT raise(ABORT, 'seals are ink'); END;

CREATE TRIGGER seals_remain BEFORE DELETE ON seals
BEGIN SELECT raise(ABORT, 'seals are ink'); END;
