"""What the service tells about itself: metrics, and a log without patient data."""
