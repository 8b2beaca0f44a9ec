"""What is kept between sessions, in the application's own folder."""
