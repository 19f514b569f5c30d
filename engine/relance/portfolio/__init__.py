"""The portfolio floor: many debtors; which playbook takes which invoice, decided, explained, counted."""
