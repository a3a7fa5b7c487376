"""The peers this engine is measured and checked against: the official translator and the JavaScript reference engine.

Both come from the npm packages pinned in ``package.json`` and need Node 20 or newer; the product uses neither.
"""
