"""Times: dates and timetables as people write them."""
