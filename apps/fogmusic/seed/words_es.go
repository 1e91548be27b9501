package main

var spanish = words{
	help: `Cifra una carpeta de archivos MP3 y los lleva a fog-music.

Uso: fog-seed [opciones] CARPETA

Lee cada .mp3 de CARPETA y de las que contiene, cifra su audio en esta máquina con una clave propia, lo
guarda con su carátula en el bucket de medios y al final lo registra en el catálogo. Una canción que ya
está no se envía otra vez: una carga interrumpida, o matada, se completa ejecutándola de nuevo.

Adónde:
  -o, --outputs ARCHIVO  salidas del stack, como las escriben 'pulumi stack output --json' y 'niebla up';
                         - las lee de la entrada estándar
      --bucket NOMBRE    bucket de medios     (en vez de la salida mediaBucket)
      --table NOMBRE     tabla del catálogo   (en vez de la salida catalogTable)
      --key CLAVE        clave de KMS: alias, id o ARN (en vez de la salida keyAlias)
      --endpoint URL     dónde está la nube, si no es AWS (si no, lo usual: AWS_ENDPOINT_URL, perfil)
      --region NOMBRE    región de AWS        (si no, la salida region, AWS_REGION, perfil)
      --profile NOMBRE   perfil de la configuración de AWS (si no, AWS_PROFILE)

Cómo:
      --mode MODO        kms: una clave de datos por canción, envuelta por KMS (lo normal);
                         static: una clave que todos conocen, sólo en stacks con la salida trials
      --trials           el stack de --bucket y --table es de pruebas
      --chunk KIB        cifra en trozos de 64 (lo normal), 128 o 256 KiB
  -j, --jobs N           canciones a la vez, de 1 a 64 (4 si no se dice)
  -n, --dry-run          dice qué haría, y no hace nada
      --plain            líneas en vez de barras de progreso; siempre así si la salida no es un terminal
      --lang es|en       idioma (si no, el de LC_ALL, LC_MESSAGES o LANG)
  -h, --help             esto

Ejemplos:
  niebla up apps/fogmusic/infra --outputs stack.json && niebla run -- fog-seed -o stack.json ~/Musica
  pulumi stack output --json | AWS_PROFILE=fog-music fog-seed -o - ~/Musica
  fog-seed --dry-run --endpoint http://127.0.0.1:4566 --bucket fog-music-media --table Catalogo \
      --key alias/fog-music-songs ~/Musica

Código de salida:
  0    todas las canciones están en la nube (o, con --dry-run, podrían estar)
  1    falló algún archivo, o la nube no se puede usar; se dijo por qué
  2    la línea de órdenes está mal
  130  interrumpido; ejecútelo otra vez para continuar

Se respeta NO_COLOR.
`,
	seeHelp:      "Las opciones: 'fog-seed --help'.",
	oneFolder:    "indique una carpeta de archivos MP3, no %d",
	badOutputs:   "no se pueden leer las salidas de %s: %v",
	trialsDenied: "--trials: según sus salidas, este stack no es de pruebas",
	whichStack:   "¿qué stack? Indique --outputs ARCHIVO, o --bucket y --table",
	whichKey:     "¿qué clave? Indique --outputs ARCHIVO o --key, o --mode static en un stack de pruebas",
	staticDenied: "--mode static se rechaza: todos conocen su clave y este stack no es de pruebas (salida trials, o --trials)",
	badMode:      "--mode %s: es kms o static",
	badChunk:     "--chunk %d: es 64, 128 o 256",
	badJobs:      "--jobs %d: es de 1 a 64",
	badLang:      "--lang %s: es es o en",
	noSongs:      "no hay archivos MP3 en %s",

	passes:      [3]string{"Leyendo", "Comparando", "Subiendo"},
	left:        "restantes",
	uploaded:    "subidas",
	updated:     "actualizadas",
	unchanged:   "sin cambios",
	duplicate:   "iguales a otra",
	failed:      "con error",
	wouldUpload: "se subiría",
	wouldUpdate: "se actualizaría",
	duplicOf:    "el mismo audio que %s",
	uploadedOne: "subida",
	updatedOne:  "actualizada",
	failedOne:   "con error",
	stoppedOne:  "interrumpida",
	songs:       "canciones",
	summary:     "%d canciones: %s",
	drySummary:  "%d canciones, nada hecho: %s",
	elapsed:     "%s en %s",
	notUploaded: "No se subieron:",
	interrupted: "Interrumpido: quedan %d canciones. Ejecútelo otra vez para continuar.",
	remarks:     "Observaciones:",
	badTags:     "no se pueden leer sus etiquetas, vale el nombre del archivo (%v)",
	badCover:    "no se puede usar su carátula, se dibujó una (%v)",

	noFrames:       "MP3 dañado: no contiene tramas MPEG de capa III",
	junk:           "MP3 dañado: %d de %d bytes no son audio, el primero en el byte %d",
	cutShort:       "MP3 dañado: está cortado, hay %d tramas de %d",
	silent:         "MP3 dañado: no contiene sonido",
	tooLarge:       "demasiado grande: %s, como mucho %s",
	missing:        "no existe %s %q: ¿está desplegado el stack, y son éstas sus salidas?",
	unreachable:    "no se puede llegar a %s: %s",
	noCredentials:  "no hay credenciales de AWS: defina AWS_PROFILE, o empiece con 'niebla run --' (%v)",
	noRegion:       "no hay región de AWS: indique --region, o defina AWS_REGION",
	kinds:          map[string]string{"bucket": "el bucket", "table": "la tabla", "key": "la clave de KMS"},
	request:        "%s %s: %s: %s (petición %s)",
	fileMissing:    "no existe %s",
	filePermission: "no se permite leer %s",
	fileChanged:    "el archivo cambió mientras se leía",
}
