-- A message store in PostgreSQL as message-db documents what it guarantees: one table, gapless positions
-- within a stream, an expected version, and one lock for each category, so that readers of a category
-- see its messages in the order of their global positions.

CREATE TABLE messages (
  id uuid NOT NULL,
  stream_name text NOT NULL,
  type text NOT NULL,
  position bigint NOT NULL,
  global_position bigserial PRIMARY KEY,
  data jsonb,
  metadata jsonb,
  time timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc')
);

CREATE FUNCTION category(stream_name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  $$ SELECT split_part(stream_name, '-', 1) $$;

CREATE UNIQUE INDEX messages_id ON messages (id);
CREATE UNIQUE INDEX messages_stream ON messages (stream_name, position);
CREATE INDEX messages_category ON messages (
  category(stream_name), global_position, category(metadata->>'correlationStreamName'));

CREATE FUNCTION write_message(
  id uuid, stream_name text, type text, data jsonb, metadata jsonb, expected_version bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  version bigint;
BEGIN
  /* LOCK */ PERFORM pg_advisory_xact_lock(hashtextextended(category(write_message.stream_name), 0));
  SELECT max(m.position) INTO version FROM messages m
    WHERE m.stream_name = write_message.stream_name;
  version := coalesce(version, -1);
  IF expected_version IS NOT NULL AND expected_version <> version THEN
    RAISE EXCEPTION 'wrong expected version % of %, which is at %', expected_version, stream_name,
      version;
  END IF;
  INSERT INTO messages (id, stream_name, type, position, data, metadata) VALUES (
    write_message.id, write_message.stream_name, write_message.type, version + 1,
    write_message.data, write_message.metadata);
  RETURN version + 1;
END
$$;
