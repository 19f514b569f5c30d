"""The proof floor: a playbook's promises held against every history of a claim, not a sample of them."""
