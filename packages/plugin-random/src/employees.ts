/** First names the owners of resources are drawn from. */
export const firstNames: readonly string[] = (
  'Aaliyah Abigail Adam Adrian Aiden Aisha Akira Alan Albert Alejandra Alex Alice Amara Amelia Amir Ana ' +
  'Anders Andrea Anika Anita Anna Anton Antonio Aria Arjun Arthur Asha Astrid Ava Beatriz Ben Bianca Bjorn ' +
  'Bruno Camila Carla Carlos Cedric Celine Charlotte Chen Chiara Chloe Clara Claudia Connor Cora Daniel ' +
  'Daria David Deepa Diana Diego Dmitri Dora Eduardo Elena Eli Elias Elif Elisa Ella Emil Emma Enzo Erik ' +
  'Esther Eva Ezra Fatima Felix Fiona Frida Gabriel Georgia Giulia Grace Greta Hana Hanna Harper Hassan ' +
  'Hector Helena Henry Hugo Ian Ibrahim Ida Ilya Imani Ines Ingrid Iris Isaac Isabel Ivan Ivy Jack Jamal ' +
  'James Jana Jasper Jin Joana Johan Jonas Josefina Joshua Juan Julia Kai Karim Karin Kenji Khadija Kofi ' +
  'Kwame Laila Lara Lars Laura Leah Leila Lena Leo Levi Liam Lila Lina Linh Lorenzo Lucas Lucia Luis Luna ' +
  'Maja Malik Manuel Mara Marco Maria Marta Mateo Maya Mei Mia Michael Mila Milan Mina Miriam Mohamed Nadia ' +
  'Naomi Natalia Nia Nico Nikita Nina Noah Nora Olga Oliver Olivia Omar Oscar Otto Pablo Paula Pedro Petra ' +
  'Priya Rafael Rania Ravi Rosa Ruben Ruth Ryo Sakura Samir Santiago Sara Sebastian Selma Sofia Sven Tara ' +
  'Theo Thomas Tomas Uma Valentina Vera Victor Wanda William Yara Yuki Yusuf Zoe'
).split(' ');
