"""What is done: poll, publish, deliver, and the tick that says what is due. Each is safe to run twice."""
