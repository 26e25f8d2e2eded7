"""What things are: frozen values without behaviour. All times are aware and UTC."""
