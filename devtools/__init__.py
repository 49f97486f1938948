"""What stands behind `./dev`: starting the site, running tests, checks and benchmarks."""
