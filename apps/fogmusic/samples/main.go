// Command samples, built as fog-samples, makes songs to try fog-music with: any
// number of distinct MP3 files with tags and covers, from six original tunes
// that it carries. It needs no encoder: the tunes' frames are put together anew.
//
// # Invariants
//
//   - A hundred songs are a hundred different pieces of audio, whole MP3s with all
//     their tags (TestHundred).
//   - Making them again gives the same files (TestHundred).
//   - The recordings that it carries are the scores it would play, bar by bar
//     (TestRecordings).
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/locale"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, os.Getenv)) }

// run is the command; it gives the exit status.
func run(args []string, out, errOut io.Writer, getenv func(string) string) int {
	f := pflag.NewFlagSet("fog-samples", pflag.ContinueOnError)
	f.Usage = func() {}
	count := f.IntP("count", "n", 100, "")
	dir := f.StringP("out", "o", "", "")
	originals := f.Bool("originals", false, "")
	record := f.Bool("record", false, "")
	lang := f.String("lang", "", "")
	w := english
	if locale.Spanish(args, getenv) {
		w = spanish
	}
	err := f.Parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		fmt.Fprint(out, w.help)
		return 0
	}
	switch {
	case err != nil:
	case f.NArg() > 0:
		err = fmt.Errorf(w.unexpected, f.Arg(0))
	case *lang != "" && *lang != "es" && *lang != "en":
		err = fmt.Errorf(w.badLang, *lang)
	case *dir == "":
		err = errors.New(w.noOut)
	case *count < 1 || *count > maxSongs:
		err = fmt.Errorf(w.badCount, *count, maxSongs)
	}
	if err != nil {
		fmt.Fprintf(errOut, "fog-samples: %v\n%s\n", err, w.seeHelp)
		return 2
	}
	switch {
	case *record:
		*count, err = recordAll(*dir)
	case *originals:
		*count, err = copyOriginals(*dir)
	default:
		err = makeSongs(*dir, *count)
	}
	if err != nil {
		fmt.Fprintf(errOut, "fog-samples: %v\n", err)
		return 1
	}
	fmt.Fprintf(out, w.done+"\n", *count, *dir)
	return 0
}

// words are what the command says in a language.
type words struct{ help, seeHelp, unexpected, noOut, badCount, badLang, done string }

var english = words{
	help: `Make MP3 files to try fog-music with, from six original tunes.

Usage: fog-samples --out FOLDER [--count N]

  -n, --count N      how many songs, 1 to 10000 (default 100); all are different
  -o, --out FOLDER   where to write them; the folder is made if need be
      --originals    only the six tunes themselves
      --record       play the six tunes anew and encode them; needs lame
      --lang es|en   language (else that of LC_ALL, LC_MESSAGES or LANG)
  -h, --help         this

Example:
  fog-samples --out music && fog-seed --outputs stack.json music

Exit status: 0 done, 1 the files cannot be written, 2 the command line is wrong.
The tunes and covers are in the public domain (CC0).
`,
	seeHelp:    "Run 'fog-samples --help' for the options.",
	unexpected: "unexpected argument %q",
	noOut:      "where to? Give --out FOLDER",
	badCount:   "--count %d: it is 1 to %d",
	badLang:    "--lang %s: it is es or en",
	done:       "%d songs in %s",
}

var spanish = words{
	help: `Hace archivos MP3 para probar fog-music, a partir de seis piezas originales.

Uso: fog-samples --out CARPETA [--count N]

  -n, --count N       cuántas canciones, de 1 a 10000 (100 si no se dice); todas distintas
  -o, --out CARPETA   dónde escribirlas; la carpeta se crea si hace falta
      --originals     sólo las seis piezas
      --record        toca de nuevo las seis piezas y las codifica; necesita lame
      --lang es|en    idioma (si no, el de LC_ALL, LC_MESSAGES o LANG)
  -h, --help          esto

Ejemplo:
  fog-samples --out musica && fog-seed --outputs stack.json musica

Código de salida: 0 hecho, 1 no se pueden escribir los archivos, 2 la línea de órdenes está mal.
Las piezas y las carátulas son de dominio público (CC0).
`,
	seeHelp:    "Las opciones: 'fog-samples --help'.",
	unexpected: "sobra el argumento %q",
	noOut:      "¿dónde? Indique --out CARPETA",
	badCount:   "--count %d: es de 1 a %d",
	badLang:    "--lang %s: es es o en",
	done:       "%d canciones en %s",
}
