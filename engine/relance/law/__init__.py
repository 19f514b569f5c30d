"""The law of amicable recovery in France: dated figures, what they make of a claim, and what may be written.

Pure: knows no playbook file, no clock and no screen. Nothing here is legal advice; every figure shows its source.
"""
