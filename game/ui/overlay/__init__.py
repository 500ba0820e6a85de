"""What the network thinks, drawn beside a match."""
