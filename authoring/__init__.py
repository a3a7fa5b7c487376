"""The command line for guideline authors and integration teams."""
