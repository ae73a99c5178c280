from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0001_records'),
    ]

    operations = [
        migrations.RenameField(model_name='export', old_name='heard_at', new_name='sent_at'),
        migrations.AddField(model_name='export', name='beat_at', field=models.BigIntegerField(default=0)),
    ]
