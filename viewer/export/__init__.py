"""What leaves the program: pictures, volumes and meshes, each written completely or not at all."""
