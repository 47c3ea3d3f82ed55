"""What an office does in the browser beyond one assignment's page: report, acknowledge many, take back, look back."""
