// Reads each file that a list names so many times, with gofeed: parse_gofeed LIST ROUNDS. What fails counts too.
package main

import (
	"bytes"
	"os"
	"strconv"
	"strings"

	"github.com/mmcdole/gofeed"
)

func main() {
	list, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	rounds, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	bodies := [][]byte{}
	for _, path := range strings.Fields(string(list)) {
		body, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		bodies = append(bodies, body)
	}
	for round := 0; round < rounds; round++ {
		for _, body := range bodies {
			_, _ = gofeed.NewParser().Parse(bytes.NewReader(body))
		}
	}
}
