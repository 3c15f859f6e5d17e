CREATE FUNCTION "public"."idempotency_store_claim_1"(
  p_key bytea,
  p_token_hash bytea,
  p_lease bigint,
  p_fingerprint text
) RETURNS bytea LANGUAGE plpgsql VOLATILE AS $function$
DECLARE
  v_now timestamptz;
  v_row record;
  v_fence bigint;
BEGIN
  IF statement_timestamp() > now() + interval '1 second' THEN RAISE EXCEPTION SQLSTATE 'IDM03'; END IF;
  FOR v_round IN 1..100 LOOP
    v_now := clock_timestamp();
    v_fence := (extract(epoch FROM v_now) * 1000000::numeric)::bigint;
    INSERT INTO "public"."idempotency_store" (key, state, token_hash, fence, takeover, ends_at, fingerprint)
    VALUES (p_key, 'claimed', p_token_hash, v_fence, false, v_now + p_lease::double precision * interval '1 ms', p_fingerprint)
    ON CONFLICT (key) DO NOTHING;
    IF FOUND THEN
      IF clock_timestamp() > v_now + interval '10 milliseconds' THEN
        UPDATE "public"."idempotency_store" r SET ends_at = clock_timestamp() + p_lease::double precision * interval '1 ms' WHERE r.key = p_key;
        IF NOT FOUND THEN RAISE EXCEPTION SQLSTATE 'IDM02'; END IF;
      END IF;
      RETURN 'a'::bytea || int8send(v_fence) || 'f';
    END IF;
    SELECT r.state, r.token_hash, r.fence, r.takeover, r.ends_at, r.fingerprint, (r.fence BETWEEN 0 AND 9007199254740991 AND isfinite(r.ends_at) AND CASE r.state
  WHEN 'completed' THEN r.value IS NOT NULL AND r.value_crc32 IS NOT NULL AND coalesce(octet_length(r.token_hash), 32) = 32 AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'claimed' THEN octet_length(r.token_hash) = 32 AND r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'vacant' THEN r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS NULL
  ELSE false END) IS TRUE AS sound
    INTO v_row FROM "public"."idempotency_store" r WHERE r.key = p_key FOR NO KEY UPDATE;
    -- The purge was in between.
    CONTINUE WHEN NOT FOUND;
    v_now := clock_timestamp();
    IF NOT v_row.sound THEN
      RETURN 'x'::bytea;
    ELSIF v_row.state = 'completed' AND v_row.ends_at > v_now THEN
      RETURN 'r'::bytea;
    ELSIF v_row.state = 'claimed' AND v_row.ends_at > v_now AND v_row.token_hash <> p_token_hash THEN
      RETURN 'p'::bytea || int8send(ceil(extract(epoch FROM v_row.ends_at - v_now) * 1000::numeric)::bigint) || coalesce(pg_catalog.convert_to(v_row.fingerprint, 'UTF8'), '') || decode('00', 'hex');
    ELSIF v_row.state = 'claimed' AND v_row.ends_at > v_now THEN
      UPDATE "public"."idempotency_store" r SET ends_at = v_now + p_lease::double precision * interval '1 ms' WHERE r.key = p_key;
      IF NOT FOUND THEN RAISE EXCEPTION SQLSTATE 'IDM02'; END IF;
      RETURN 'a'::bytea || int8send(v_row.fence) || CASE WHEN v_row.takeover THEN 't'::bytea ELSE 'f' END;
    ELSE
      v_fence := greatest(v_row.fence + 1, (extract(epoch FROM v_now) * 1000000::numeric)::bigint);
      UPDATE "public"."idempotency_store" r
      SET state = 'claimed', token_hash = p_token_hash, fence = v_fence, takeover = v_row.state = 'claimed',
        ends_at = v_now + p_lease::double precision * interval '1 ms', fingerprint = p_fingerprint, value = NULL, value_crc32 = NULL
      WHERE r.key = p_key;
      IF NOT FOUND THEN RAISE EXCEPTION SQLSTATE 'IDM02'; END IF;
      RETURN 'a'::bytea || int8send(v_fence) || CASE WHEN v_row.state = 'claimed' THEN 't'::bytea ELSE 'f' END;
    END IF;
  END LOOP;
  -- Neither can it be inserted nor is it there: something keeps the row from us.
  RAISE EXCEPTION SQLSTATE 'IDM02';
END
$function$;

CREATE FUNCTION "public"."idempotency_store_complete_1"(
  p_key bytea,
  p_token_hash bytea,
  p_value bytea,
  p_crc32 integer,
  p_ttl bigint,
  p_transaction text
) RETURNS text LANGUAGE plpgsql VOLATILE AS $function$
DECLARE
  v_now timestamptz;
  v_row record;
  v_done timestamptz;
BEGIN
  IF p_transaction IS NULL THEN
    IF statement_timestamp() > now() + interval '1 second' THEN RAISE EXCEPTION SQLSTATE 'IDM03'; END IF;
    v_now := clock_timestamp();
    UPDATE "public"."idempotency_store" r
    SET state = 'completed', value = p_value, value_crc32 = p_crc32, ends_at = v_now + p_ttl::double precision * interval '1 ms'
    WHERE r.key = p_key AND r.ends_at > v_now + interval '1 second' AND r.ends_at < 'infinity' AND r.fence BETWEEN 0 AND 9007199254740991 AND r.fingerprint IS DISTINCT FROM '' AND coalesce(octet_length(r.token_hash), 32) = 32 AND r.state = 'claimed' AND r.token_hash = p_token_hash AND r.value IS NULL AND r.value_crc32 IS NULL;
    IF FOUND THEN
      v_done := clock_timestamp();
      IF v_done > v_now + interval '10 milliseconds' THEN
        IF v_done > v_now + interval '1 second' THEN RAISE EXCEPTION SQLSTATE 'IDM01'; END IF;
        UPDATE "public"."idempotency_store" r SET ends_at = v_done + p_ttl::double precision * interval '1 ms' WHERE r.key = p_key;
      END IF;
      RETURN 'done';
    END IF;
  END IF;
  IF p_transaction <> pg_catalog.concat(pg_backend_pid(), '/', extract(epoch FROM now())) THEN RETURN 'no-transaction'; END IF;
  SELECT r.state, r.token_hash, r.ends_at, (r.fence BETWEEN 0 AND 9007199254740991 AND isfinite(r.ends_at) AND CASE r.state
  WHEN 'completed' THEN r.value IS NOT NULL AND r.value_crc32 IS NOT NULL AND coalesce(octet_length(r.token_hash), 32) = 32 AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'claimed' THEN octet_length(r.token_hash) = 32 AND r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'vacant' THEN r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS NULL
  ELSE false END) IS TRUE AS sound
  INTO v_row FROM "public"."idempotency_store" r WHERE r.key = p_key FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'not-held'; END IF;
  IF NOT v_row.sound THEN RETURN 'corrupt'; END IF;
  v_now := clock_timestamp();
  IF v_row.state = 'claimed' AND v_row.token_hash = p_token_hash AND v_row.ends_at > v_now THEN
    UPDATE "public"."idempotency_store" r
    SET state = 'completed', value = p_value, value_crc32 = p_crc32, ends_at = v_now + p_ttl::double precision * interval '1 ms'
    WHERE r.key = p_key;
    IF NOT FOUND THEN RAISE EXCEPTION SQLSTATE 'IDM02'; END IF;
    RETURN 'done';
  END IF;
  IF v_row.state = 'completed' AND v_row.token_hash = p_token_hash AND v_row.ends_at > v_now THEN
    RETURN 'done-before';
  END IF;
  RETURN 'not-held';
END
$function$;

CREATE FUNCTION "public"."idempotency_store_release_1"(
  p_key bytea,
  p_token_hash bytea
) RETURNS text LANGUAGE plpgsql VOLATILE AS $function$
DECLARE
  v_now timestamptz;
  v_row record;
BEGIN
  SELECT r.state, r.token_hash, r.ends_at, (r.fence BETWEEN 0 AND 9007199254740991 AND isfinite(r.ends_at) AND CASE r.state
  WHEN 'completed' THEN r.value IS NOT NULL AND r.value_crc32 IS NOT NULL AND coalesce(octet_length(r.token_hash), 32) = 32 AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'claimed' THEN octet_length(r.token_hash) = 32 AND r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'vacant' THEN r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS NULL
  ELSE false END) IS TRUE AS sound
  INTO v_row FROM "public"."idempotency_store" r WHERE r.key = p_key FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'not-held'; END IF;
  IF NOT v_row.sound THEN RETURN 'corrupt'; END IF;
  v_now := clock_timestamp();
  IF v_row.state = 'claimed' AND v_row.token_hash = p_token_hash AND v_row.ends_at > v_now THEN
    UPDATE "public"."idempotency_store" r SET state = 'vacant', fingerprint = NULL, ends_at = v_now
    WHERE r.key = p_key;
    IF NOT FOUND THEN RAISE EXCEPTION SQLSTATE 'IDM02'; END IF;
    RETURN 'done';
  END IF;
  IF v_row.state = 'vacant' AND v_row.token_hash = p_token_hash THEN RETURN 'released-before'; END IF;
  RETURN 'not-held';
END
$function$;

CREATE FUNCTION "public"."idempotency_store_renew_1"(
  p_key bytea,
  p_token_hash bytea,
  p_lease bigint
) RETURNS text LANGUAGE plpgsql VOLATILE AS $function$
DECLARE
  v_now timestamptz;
  v_row record;
BEGIN
  SELECT r.state, r.token_hash, r.ends_at, (r.fence BETWEEN 0 AND 9007199254740991 AND isfinite(r.ends_at) AND CASE r.state
  WHEN 'completed' THEN r.value IS NOT NULL AND r.value_crc32 IS NOT NULL AND coalesce(octet_length(r.token_hash), 32) = 32 AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'claimed' THEN octet_length(r.token_hash) = 32 AND r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'vacant' THEN r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS NULL
  ELSE false END) IS TRUE AS sound
  INTO v_row FROM "public"."idempotency_store" r WHERE r.key = p_key FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'not-held'; END IF;
  IF NOT v_row.sound THEN RETURN 'corrupt'; END IF;
  v_now := clock_timestamp();
  IF NOT (v_row.state = 'claimed' AND v_row.token_hash = p_token_hash AND v_row.ends_at > v_now) THEN RETURN 'not-held'; END IF;
  UPDATE "public"."idempotency_store" r SET ends_at = v_now + p_lease::double precision * interval '1 ms'
  WHERE r.key = p_key;
  IF NOT FOUND THEN RAISE EXCEPTION SQLSTATE 'IDM02'; END IF;
  RETURN 'done';
END
$function$;

CREATE FUNCTION "public"."idempotency_store_hold_1"(
  p_key bytea,
  p_token_hash bytea,
  p_lease bigint,
  OUT outcome text,
  OUT o_transaction text
) LANGUAGE plpgsql VOLATILE AS $function$
DECLARE
  v_now timestamptz;
BEGIN
  v_now := NULL;
  o_transaction := pg_catalog.concat(pg_backend_pid(), '/', extract(epoch FROM now()));
  IF current_setting('transaction_isolation') IN ('read committed', 'read uncommitted') THEN
    outcome := 'not-needed';
  ELSE
    outcome := "public"."idempotency_store_renew_1"(p_key, p_token_hash, p_lease);
  END IF;
END
$function$;

CREATE FUNCTION "public"."idempotency_store_store_1"(
  p_key bytea,
  p_value bytea,
  p_crc32 integer,
  p_ttl bigint,
  p_transaction text
) RETURNS text LANGUAGE plpgsql VOLATILE AS $function$
DECLARE
  v_now timestamptz;
BEGIN
  IF p_transaction IS NULL THEN
    IF statement_timestamp() > now() + interval '1 second' THEN RAISE EXCEPTION SQLSTATE 'IDM03'; END IF;
  END IF;
  IF p_transaction <> pg_catalog.concat(pg_backend_pid(), '/', extract(epoch FROM now())) THEN RETURN 'no-transaction'; END IF;
  v_now := clock_timestamp();
  -- What follows SET is evaluated when the row is locked, so the clock is read anew.
  INSERT INTO "public"."idempotency_store" AS r (key, state, fence, takeover, ends_at, value, value_crc32)
  VALUES (p_key, 'completed', 0, false, v_now + p_ttl::double precision * interval '1 ms', p_value, p_crc32)
  ON CONFLICT (key) DO UPDATE
  SET state = 'completed', token_hash = NULL, takeover = false, fingerprint = NULL,
    value = p_value, value_crc32 = p_crc32, ends_at = clock_timestamp() + p_ttl::double precision * interval '1 ms'
  WHERE (r.fence BETWEEN 0 AND 9007199254740991 AND isfinite(r.ends_at) AND CASE r.state
  WHEN 'completed' THEN r.value IS NOT NULL AND r.value_crc32 IS NOT NULL AND coalesce(octet_length(r.token_hash), 32) = 32 AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'claimed' THEN octet_length(r.token_hash) = 32 AND r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'vacant' THEN r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS NULL
  ELSE false END) IS TRUE;
  IF FOUND THEN
    IF clock_timestamp() > v_now + interval '10 milliseconds' THEN
        UPDATE "public"."idempotency_store" r SET ends_at = clock_timestamp() + p_ttl::double precision * interval '1 ms' WHERE r.key = p_key;
        IF NOT FOUND THEN RAISE EXCEPTION SQLSTATE 'IDM02'; END IF;
      END IF;
    RETURN 'done';
  END IF;
  PERFORM FROM "public"."idempotency_store" r WHERE r.key = p_key AND NOT (r.fence BETWEEN 0 AND 9007199254740991 AND isfinite(r.ends_at) AND CASE r.state
  WHEN 'completed' THEN r.value IS NOT NULL AND r.value_crc32 IS NOT NULL AND coalesce(octet_length(r.token_hash), 32) = 32 AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'claimed' THEN octet_length(r.token_hash) = 32 AND r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'vacant' THEN r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS NULL
  ELSE false END) IS TRUE;
  IF NOT FOUND THEN RAISE EXCEPTION SQLSTATE 'IDM02'; END IF;
  RETURN 'corrupt';
END
$function$;

CREATE FUNCTION "public"."idempotency_store_remove_1"(
  p_key bytea,
  p_transaction text
) RETURNS text LANGUAGE plpgsql VOLATILE AS $function$
DECLARE
  v_now timestamptz;
  v_lapses timestamptz;
BEGIN
  IF p_transaction IS NULL THEN
    IF statement_timestamp() > now() + interval '1 second' THEN RAISE EXCEPTION SQLSTATE 'IDM03'; END IF;
  END IF;
  IF p_transaction <> pg_catalog.concat(pg_backend_pid(), '/', extract(epoch FROM now())) THEN RETURN 'no-transaction'; END IF;
  SELECT CASE WHEN r.state = 'claimed' AND (r.fence BETWEEN 0 AND 9007199254740991 AND isfinite(r.ends_at) AND CASE r.state
  WHEN 'completed' THEN r.value IS NOT NULL AND r.value_crc32 IS NOT NULL AND coalesce(octet_length(r.token_hash), 32) = 32 AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'claimed' THEN octet_length(r.token_hash) = 32 AND r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS DISTINCT FROM ''
  WHEN 'vacant' THEN r.value IS NULL AND r.value_crc32 IS NULL AND r.fingerprint IS NULL
  ELSE false END) IS TRUE THEN r.ends_at END INTO v_lapses
  FROM "public"."idempotency_store" r WHERE r.key = p_key FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'done'; END IF;
  v_now := clock_timestamp();
  IF v_lapses <= v_now THEN RETURN 'done'; END IF;
  UPDATE "public"."idempotency_store" r
  SET state = 'vacant', token_hash = NULL, takeover = false, fingerprint = NULL, value = NULL, value_crc32 = NULL,
    ends_at = v_now, fence = CASE WHEN r.fence BETWEEN 0 AND 9007199254740990 THEN r.fence ELSE (extract(epoch FROM v_now) * 1000000::numeric)::bigint END
  WHERE r.key = p_key;
  IF NOT FOUND THEN RAISE EXCEPTION SQLSTATE 'IDM02'; END IF;
  RETURN 'done';
END
$function$;
