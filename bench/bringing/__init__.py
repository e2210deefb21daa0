"""What it costs to bring in what another chat wrote."""
