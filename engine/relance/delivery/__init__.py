"""The delivery floor: documents out of the house, and what came of it. Decides nothing: it asks the portfolio."""
