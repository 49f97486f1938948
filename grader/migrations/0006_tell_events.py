"""PostgreSQL hands each new event to the web processes that listen (grader.bells)."""

from django.db import migrations

# A notification holds at most 8000 bytes; failing to send one would undo the transaction.
TELL = """
CREATE FUNCTION grader_tell_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    message text := json_build_object('submission', NEW.submission_id, 'seq', NEW.seq,
                                      'kind', NEW.kind, 'payload', NEW.payload)::text;
BEGIN
    IF octet_length(message) > 7000 THEN
        message := json_build_object('submission', NEW.submission_id)::text;
    END IF;
    PERFORM pg_notify('grader_events', message);
    RETURN NULL;
END
$$;
CREATE TRIGGER grader_event_told AFTER INSERT ON grader_submissionevent
    FOR EACH ROW EXECUTE FUNCTION grader_tell_event();
"""
TELL_NO_MORE = """
DROP TRIGGER grader_event_told ON grader_submissionevent;
DROP FUNCTION grader_tell_event();
"""


def tell(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(TELL)


def tell_no_more(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(TELL_NO_MORE)


class Migration(migrations.Migration):

    dependencies = [("grader", "0005_fair_turns")]

    operations = [migrations.RunPython(tell, tell_no_more)]
