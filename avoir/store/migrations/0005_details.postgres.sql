-- A text of a JSON object, empty where it is none. SQLite is given the same function with each connection.

CREATE FUNCTION detail(body TEXT, name TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT CASE json_typeof(body::json -> name) WHEN ''string'' THEN body::json ->> name ELSE '''' END';
