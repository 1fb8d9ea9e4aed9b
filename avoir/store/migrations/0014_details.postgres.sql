-- True and false of a JSON object are told too, as the words. SQLite is given the same function with each connection.

CREATE OR REPLACE FUNCTION detail(body TEXT, name TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT CASE WHEN json_typeof(body::json -> name) IN (''string'', ''boolean'') THEN body::json ->> name ELSE '''' END';
