package main

// words are all that the command says, in one language.
type words struct {
	help, seeHelp                                                                             string
	noArguments, whichStack, badNumber, badLang, badOutputs, otherOutputs, noTrials           string
	accounts, profiles, follows, conversations, portraits, files, photos, counting, processed string
	summary, drySummary, interrupted, late                                                    string
}

var spanish = words{
	help: `Llena un Biihlive de pruebas con una red de miembros inventados.

Uso: biihlive-seed --outputs ARCHIVO [opciones]

Escribe perfiles, quién sigue a quién, conversaciones y fotos dibujadas. La misma semilla hace siempre la
misma red: una carga interrumpida se completa ejecutándola de nuevo, y otra vez no cambia nada. Los contadores
los lleva la función UpdateUserCounters; al final se espera a que coincidan con la red.

Adónde:
  -o, --outputs ARCHIVO  salidas del stack, como las escriben 'pulumi stack output --json' y 'niebla up';
                         - las lee de la entrada estándar. Sólo stacks de pruebas (salida trials)
      --endpoint URL     dónde está la nube, si no es AWS (si no, lo usual: AWS_ENDPOINT_URL, perfil)
      --profile NOMBRE   perfil de la configuración de AWS (si no, AWS_PROFILE)

Qué:
      --users N          miembros (200 si no se dice)
      --accounts N       además, N miembros con los que se puede entrar; al final se dicen correo y contraseña
      --seed N           semilla (1 si no se dice)
      --wait DURACIÓN    cuánto se espera por contadores y fotos (5m si no se dice); 0s no espera
  -n, --dry-run          dice qué haría, y no hace nada
      --plain            líneas en vez de una línea que cambia; siempre así si la salida no es un terminal
      --lang es|en       idioma (si no, el de LC_ALL, LC_MESSAGES o LANG)
  -h, --help             esto

Ejemplos:
  niebla up apps/biihlive/infra --outputs stack.json && niebla run -- biihlive-seed -o stack.json --accounts 2
  biihlive-seed --dry-run --users 1000 --outputs stack.json

Código de salida:
  0    la red está en la nube (o, con --dry-run, podría estar)
  1    algo falló, o los contadores no llegaron a tiempo; se dijo por qué
  2    la línea de órdenes está mal
  130  interrumpido; ejecútelo otra vez para continuar
`,
	seeHelp:       "Las opciones: 'biihlive-seed --help'.",
	noArguments:   "sobra %q",
	whichStack:    "¿qué stack? Indique --outputs ARCHIVO",
	badNumber:     "--users es de 0 a 100000, --accounts de 0 a 1000",
	badLang:       "--lang %s: es es o en",
	badOutputs:    "no se pueden leer las salidas de %s: %v",
	otherOutputs:  "%s no son las salidas de un stack de Biihlive",
	noTrials:      "según sus salidas, este stack no es de pruebas: aquí no se inventa a nadie",
	accounts:      "Cuentas",
	profiles:      "Perfiles",
	follows:       "Seguimientos",
	conversations: "Conversaciones",
	portraits:     "Retratos",
	files:         "Archivos",
	photos:        "Fotos",
	counting:      "Contadores",
	processed:     "Retratos vistos",
	summary:       "%d miembros, %d seguimientos, %d mensajes: %d elementos nuevos.",
	drySummary:    "%d miembros, %d seguimientos, %d mensajes: se escribirían %d elementos; nada hecho.",
	interrupted:   "Interrumpido. Ejecútelo otra vez para continuar.",
	late:          "en %v no llegaron los contadores de %d miembros y los retratos de %d: ¿están las funciones en marcha? (niebla logs)",
}

var english = words{
	help: `Fills a Biihlive for trials with a network of made-up members.

Usage: biihlive-seed --outputs FILE [flags]

Writes profiles, who follows whom, conversations and drawn photos. A seed always makes the same network: an
interrupted run is completed by another, and one more changes nothing. Counters are kept by the function
UpdateUserCounters; at the end the run waits until they are those of the network.

Where to:
  -o, --outputs FILE     the stack's outputs, as 'pulumi stack output --json' and 'niebla up' write them;
                         - reads them from standard input. Only stacks for trials (output trials)
      --endpoint URL     where the cloud is, if not AWS (else the usual: AWS_ENDPOINT_URL, profile)
      --profile NAME     profile of the AWS configuration (else AWS_PROFILE)

What:
      --users N          members (200 unless given)
      --accounts N       N more members to log in with; their mail and password are told at the end
      --seed N           seed (1 unless given)
      --wait DURATION    how long to wait for counters and photos (5m unless given); 0s does not wait
  -n, --dry-run          say what would be done, and do nothing
      --plain            lines instead of one that changes; always so if the output is no terminal
      --lang es|en       language (else that of LC_ALL, LC_MESSAGES or LANG)
  -h, --help             this

Examples:
  niebla up apps/biihlive/infra --outputs stack.json && niebla run -- biihlive-seed -o stack.json --accounts 2
  biihlive-seed --dry-run --users 1000 --outputs stack.json

Exit status:
  0    the network is in the cloud (or, with --dry-run, could be)
  1    something failed, or the counters did not come in time; it was said why
  2    wrong command line
  130  interrupted; run it again to go on
`,
	seeHelp:       "The flags: 'biihlive-seed --help'.",
	noArguments:   "%q is too much",
	whichStack:    "which stack? Give --outputs FILE",
	badNumber:     "--users is from 0 to 100000, --accounts from 0 to 1000",
	badLang:       "--lang %s: it is es or en",
	badOutputs:    "the outputs in %s cannot be read: %v",
	otherOutputs:  "%s has not the outputs of a Biihlive stack",
	noTrials:      "by its outputs this stack is not for trials: nobody is made up here",
	accounts:      "Accounts",
	profiles:      "Profiles",
	follows:       "Follows",
	conversations: "Conversations",
	portraits:     "Portraits",
	files:         "Files",
	photos:        "Photos",
	counting:      "Counters",
	processed:     "Portraits shown",
	summary:       "%d members, %d follows, %d messages: %d new items.",
	drySummary:    "%d members, %d follows, %d messages: %d items would be written; nothing done.",
	interrupted:   "Interrupted. Run it again to go on.",
	late:          "in %v the counters of %d members and the portraits of %d did not come: do the functions run? (niebla logs)",
}
