"""CQL text to syntax tree: lexer, parser and the tree's nodes. The entry is ``cql.syntax.parser``."""
