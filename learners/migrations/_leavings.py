"""What apps leave behind that are not installed any more."""

from django.db.migrations.recorder import MigrationRecorder


def remove(apps, schema_editor, app, table):
    """Drop an app's only table, and forget its migrations and content types."""
    connection = schema_editor.connection
    if table not in connection.introspection.table_names():
        return
    MigrationRecorder(connection).migration_qs.filter(app=app).delete()
    apps.get_model("contenttypes", "ContentType").objects.filter(app_label=app).delete()
    # Last: as long as it is there, all of this is done again.
    schema_editor.execute(f"DROP TABLE {schema_editor.quote_name(table)}")
