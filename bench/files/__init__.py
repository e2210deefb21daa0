"""What files cost: those who read messages meanwhile, the memory of a process, and beside a bare handler."""
