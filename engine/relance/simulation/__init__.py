"""The simulation floor: the future; timelines, forecasts, differences, the authors' tests."""
