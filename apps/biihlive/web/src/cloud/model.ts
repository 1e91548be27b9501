/** What the API gives, named as in its schema. */

export interface User {
  readonly userId: string;
  readonly nickname: string;
  readonly nombreCompleto: string | null;
  readonly seguidores: number;
  readonly siguiendo: number;
  readonly puntos: number;
  readonly nivel: number;
  readonly ciudad: string | null;
  readonly pais: string | null;
  readonly descripcion: string | null;
  readonly isOnline: boolean;
  readonly lastSeen: string | null;
  readonly foto: string | null;
  readonly fotoMiniatura: string | null;
  /** The path of the last photo, if it could not be shown. */
  readonly fotoRechazada: string | null;
}

export interface ProfileInput {
  readonly nickname: string;
  readonly nombreCompleto: string;
  readonly ciudad: string;
  readonly pais: string;
  readonly descripcion: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | null;
}

export interface Follow {
  readonly followerId: string;
  readonly followedId: string;
  readonly user: User | null;
}

export interface Message {
  readonly conversationId: string;
  /** ISO 8601, and after # what makes it unique: messages sort by it. */
  readonly timestamp: string;
  readonly senderId: string;
  readonly receiverId: string;
  readonly message: string;
  readonly readStatus: boolean;
}

export interface Conversation {
  readonly withUserId: string;
  readonly user: User | null;
  readonly lastMessage: string;
  readonly lastTimestamp: string;
  readonly unread: number;
}

export interface ReadReceipt {
  readonly conversationId: string;
  readonly readerId: string;
  readonly senderId: string;
  readonly timestamp: string;
}

export interface Presence {
  readonly userId: string;
  readonly isOnline: boolean;
  readonly lastSeen: string;
}

export type MediaKind = "PHOTO" | "VIDEO";

export interface Media {
  readonly userId: string;
  readonly kind: MediaKind;
  readonly timestamp: string;
  readonly caption: string | null;
  readonly path: string;
  readonly thumbnail: string | null;
}

export type RankingKind = "CIUDAD" | "PAIS";

export interface RankingEntry {
  readonly position: number;
  readonly puntos: number;
  readonly userId: string;
  readonly nickname: string;
  readonly fotoMiniatura: string | null;
}

export interface RankingPage extends Page<RankingEntry> {
  readonly edition: string | null;
}

/** The instant that a message's timestamp says, in milliseconds. */
export function instant(timestamp: string): number {
  return Date.parse(timestamp.split("#")[0] ?? "");
}
