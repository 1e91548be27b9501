/**
 * The operations of the API. A subscription is given what the mutation behind it selected, so mutations select all
 * that subscribers show.
 */
const user = `userId nickname nombreCompleto seguidores siguiendo puntos nivel ciudad pais descripcion isOnline lastSeen foto fotoMiniatura fotoRechazada`;
const message = `conversationId timestamp senderId receiverId message readStatus`;
const receipt = `conversationId readerId senderId timestamp`;
const presence = `userId isOnline lastSeen`;
const media = `userId kind timestamp caption path thumbnail`;
const follow = `followerId followedId user { ${user} }`;

export const queries = {
  getUser: `query getUser($userId: ID!) { getUser(userId: $userId) { ${user} } }`,
  searchUsers: `query searchUsers($text: String!, $limit: Int, $nextToken: String) {
    searchUsers(text: $text, limit: $limit, nextToken: $nextToken) { items { ${user} } nextToken } }`,
  suggestions: `query suggestions($limit: Int) { suggestions(limit: $limit) { ${user} } }`,
  followers: `query followers($userId: ID!, $limit: Int, $nextToken: String) {
    followers(userId: $userId, limit: $limit, nextToken: $nextToken) { items { ${follow} } nextToken } }`,
  following: `query following($userId: ID!, $limit: Int, $nextToken: String) {
    following(userId: $userId, limit: $limit, nextToken: $nextToken) { items { ${follow} } nextToken } }`,
  isFollowing: `query isFollowing($userId: ID!) { isFollowing(userId: $userId) }`,
  conversations: `query conversations($limit: Int, $nextToken: String) {
    conversations(limit: $limit, nextToken: $nextToken) { items { withUserId lastMessage lastTimestamp unread user { ${user} } } nextToken } }`,
  messages: `query messages($withUserId: ID!, $limit: Int, $nextToken: String) {
    messages(withUserId: $withUserId, limit: $limit, nextToken: $nextToken) { items { ${message} } nextToken } }`,
  photos: `query photos($userId: ID!, $limit: Int, $nextToken: String) {
    photos(userId: $userId, limit: $limit, nextToken: $nextToken) { items { ${media} } nextToken } }`,
  videos: `query videos($userId: ID!, $limit: Int, $nextToken: String) {
    videos(userId: $userId, limit: $limit, nextToken: $nextToken) { items { ${media} } nextToken } }`,
  ranking: `query ranking($kind: RankingKind!, $place: String!, $limit: Int, $nextToken: String) {
    ranking(kind: $kind, place: $place, limit: $limit, nextToken: $nextToken) {
      edition items { position puntos userId nickname fotoMiniatura } nextToken } }`,
} as const;

export const mutations = {
  updateProfile: `mutation updateProfile($input: ProfileInput!) { updateProfile(input: $input) { ${user} } }`,
  follow: `mutation follow($userId: ID!) { follow(userId: $userId) { followerId followedId } }`,
  unfollow: `mutation unfollow($userId: ID!) { unfollow(userId: $userId) { followerId followedId } }`,
  sendMessage: `mutation sendMessage($receiverId: ID!, $message: String!) {
    sendMessage(receiverId: $receiverId, message: $message) { ${message} } }`,
  markRead: `mutation markRead($withUserId: ID!, $timestamp: String!) {
    markRead(withUserId: $withUserId, timestamp: $timestamp) { ${receipt} } }`,
  heartbeat: `mutation heartbeat { heartbeat { ${presence} } }`,
  goOffline: `mutation goOffline { goOffline { ${presence} } }`,
  addPhoto: `mutation addPhoto($timestamp: String!, $caption: String) { addPhoto(timestamp: $timestamp, caption: $caption) { ${media} } }`,
  addVideo: `mutation addVideo($timestamp: String!, $caption: String) { addVideo(timestamp: $timestamp, caption: $caption) { ${media} } }`,
} as const;

export const subscriptions = {
  onMessage: `subscription onMessage($receiverId: ID!) { onMessage(receiverId: $receiverId) { ${message} } }`,
  onRead: `subscription onRead($senderId: ID!) { onRead(senderId: $senderId) { ${receipt} } }`,
  onUser: `subscription onUser($userId: ID!) { onUser(userId: $userId) { ${user} } }`,
  onPresence: `subscription onPresence($userId: ID!) { onPresence(userId: $userId) { ${presence} } }`,
} as const;
