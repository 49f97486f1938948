"""The grader's pages: short functions; rules stand in the modules beside this package."""
