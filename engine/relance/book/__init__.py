"""The book floor: a playbook as a document in French that a lawyer reads and signs, and what binds the signature to it."""
