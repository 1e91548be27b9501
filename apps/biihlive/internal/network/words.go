package network

var firstNames = []string{
	"Lucía", "Sofía", "Martina", "María", "Valeria", "Julia", "Paula", "Emma", "Daniela", "Carla", "Alba", "Noa", "Carmen", "Ximena",
	"Camila", "Renata", "Isabella", "Antonella", "Mía", "Elena", "Inés", "Begoña", "Hugo", "Mateo", "Martín", "Lucas", "Leo", "Daniel",
	"Alejandro", "Manuel", "Pablo", "Álvaro", "Adrián", "Diego", "Santiago", "Sebastián", "Joaquín", "Thiago", "Emiliano", "Iker", "Íñigo", "Rafael",
}

var surnames = []string{
	"García", "Rodríguez", "González", "Fernández", "López", "Martínez", "Sánchez", "Pérez", "Gómez", "Ruiz", "Hernández", "Díaz",
	"Moreno", "Muñoz", "Álvarez", "Romero", "Gutiérrez", "Navarro", "Torres", "Vargas", "Ramos", "Castro", "Ortega", "Núñez", "Quispe",
	"Mamani", "Rojas", "Silva", "Peña", "Ibáñez", "Etxeberria", "Ferrer", "Serrano", "Iglesias", "Cárdenas", "Zúñiga",
}

// cities are named as often as people live in them, roughly.
var cities = []struct{ city, country string }{
	{"Madrid", "ES"}, {"Madrid", "ES"}, {"Madrid", "ES"}, {"Madrid", "ES"}, {"Barcelona", "ES"}, {"Barcelona", "ES"}, {"Barcelona", "ES"},
	{"Valencia", "ES"}, {"Valencia", "ES"}, {"Sevilla", "ES"}, {"Sevilla", "ES"}, {"Zaragoza", "ES"}, {"Málaga", "ES"}, {"Bilbao", "ES"},
	{"A Coruña", "ES"}, {"Ciudad de México", "MX"}, {"Ciudad de México", "MX"}, {"Ciudad de México", "MX"}, {"Guadalajara", "MX"},
	{"Monterrey", "MX"}, {"Buenos Aires", "AR"}, {"Buenos Aires", "AR"}, {"Rosario", "AR"}, {"Bogotá", "CO"}, {"Bogotá", "CO"},
	{"Medellín", "CO"}, {"Lima", "PE"}, {"Lima", "PE"}, {"Santiago", "CL"}, {"Santiago", "CL"}, {"Quito", "EC"}, {"Montevideo", "UY"},
	{"París", "FR"}, {"Miami", "US"},
}

var abouts = []string{
	"Música en directo y café solo.", "Corro por las mañanas, escribo por las noches.", "Fotografía callejera.", "Aprendiendo a hacer pan.",
	"Bachata, salsa y lo que suene.", "Siempre con la mochila hecha.", "Dos gatos y un huerto en el balcón.", "Fútbol los domingos.",
	"Profe de instituto y lector de trenes.", "Cine de barrio.", "Montaña cuando puedo, mar cuando toca.", "Cocino para ocho aunque seamos dos.",
	"Ilustración y cómic.", "En directo los jueves.", "Me gusta perderme en los mercados.", "",
}

var captions = []string{
	"Atardecer", "Desde la azotea", "Domingo", "Sin filtros", "Por fin vacaciones", "La hora azul", "Camino a casa", "Primer día", "Después de la lluvia", "",
}

// dialogues are two people in turn.
var dialogues = [][]string{
	{"¡Hola! ¿Estuviste anoche en el directo?", "Sí, hasta el final. ¡Qué voz!", "¿Repetimos el jueves?", "Hecho. Yo aviso a los demás."},
	{"Me encantó tu última foto.", "¡Gracias! Es desde mi azotea.", "¿Qué cámara usas?", "El móvil, no tengo otra :)", "Pues no lo parece."},
	{"¿Vienes el sábado?", "Depende de a qué hora salga.", "A las ocho, en la plaza.", "Entonces sí."},
	{"¿Me pasas la receta del pan?", "Claro: harina, agua, sal y paciencia.", "Paciencia no me queda…", "Pues pan de molde."},
	{"Te vi en el ranking de la ciudad 👏", "¡No me lo creo!", "El tercero ya. Esto se celebra.", "Invitas tú, que vas segundo."},
	{"¿Hablamos mañana?", "Mañana no puedo, ¿el lunes?", "Perfecto."},
	{"¡Feliz cumpleaños! 🎂", "¡Gracias, gracias!", "¿Cuántos ya?", "Los mismos que el año pasado."},
}
