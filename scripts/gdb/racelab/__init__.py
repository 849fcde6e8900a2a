"""One module per topic; each registers its GDB command when imported."""
