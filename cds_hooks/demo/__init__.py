"""The demonstration: sample patients, and pages that show their cards beside the decision behind them."""
