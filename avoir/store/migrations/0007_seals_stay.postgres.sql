-- What is sealed stays sealed.

CREATE TRIGGER seals_stay BEFORE UPDATE OR DELETE ON seals EXECUTE FUNCTION it_is_ink();

CREATE TRIGGER seals_remain BEFORE TRUNCATE ON seals EXECUTE FUNCTION it_is_ink();
