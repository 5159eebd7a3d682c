"""What gunicorn's master and workers do beside serving."""
