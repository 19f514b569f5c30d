"""The ledger floor."""
