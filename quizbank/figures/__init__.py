"""The bank's figures: drawn by code from what the reference implementation computes.

    python -m quizbank.figures               writes svg/<name>.svg
    python -m quizbank.figures --check       exit status 1 where a file is not what the code draws
    python -m quizbank.figures --measure     works measured.json out again (needs PyTorch)

A theme's module registers functions by name; each draws on a `Drawing` and returns the alternative text, so
that what is said and what is shown come from the same numbers. The files hold classes instead of colours:
the site's style sheet (frontend/src/css/figures.css) knows both themes.
"""
